import { signing } from '../../support/scenarios/signing.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(signing);
