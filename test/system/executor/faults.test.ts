import { faults } from '../../support/scenarios/faults.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(faults);
