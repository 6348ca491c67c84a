import { depending } from '../../support/scenarios/depending.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(depending);
