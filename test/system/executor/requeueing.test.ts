import { requeueing } from '../../support/scenarios/requeueing.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(requeueing);
