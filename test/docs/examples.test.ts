import { describeExamples } from './doc-examples.ts';

describeExamples('docs/embedding.md', 'examples/embedding');
describeExamples('docs/metrics.md', 'examples/telemetry');
describeExamples('visualizations/README.md', 'examples/drawing');
describeExamples('docs/threads.md', 'examples/threads');
