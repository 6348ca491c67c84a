import { polling } from '../../support/scenarios/polling.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(polling);
