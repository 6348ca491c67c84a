import { controlling } from '../../support/scenarios/controlling.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(controlling);
