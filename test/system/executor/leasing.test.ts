import { leasing } from '../../support/scenarios/leasing.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(leasing);
