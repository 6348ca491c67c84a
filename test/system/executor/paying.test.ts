import { paying } from '../../support/scenarios/paying.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(paying);
