import { lookingUp } from '../../support/scenarios/looking-up.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(lookingUp);
