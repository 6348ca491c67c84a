import { telling } from '../../support/scenarios/telling.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(telling);
