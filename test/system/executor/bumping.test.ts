import { bumping } from '../../support/scenarios/bumping.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(bumping);
