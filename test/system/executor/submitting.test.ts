import { submitting } from '../../support/scenarios/submitting.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(submitting);
