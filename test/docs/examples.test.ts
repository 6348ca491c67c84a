import { describeExamples } from './doc-examples.ts';

describeExamples('docs/embedding.md', 'examples/embedding');
describeExamples('visualizations/README.md', 'examples/drawing');
