import { restarting } from '../../support/scenarios/restarting.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(restarting);
