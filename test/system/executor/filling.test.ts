import { filling } from '../../support/scenarios/filling.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(filling);
