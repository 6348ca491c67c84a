import { breaking } from '../../support/scenarios/breaking.ts';
import { runScenarios } from './run-scenarios.ts';

runScenarios(breaking);
