import { describeExamples } from '../../docs/doc-examples.ts';

// These open ports, on which nobody but themselves asks.
describeExamples('docs/inspector.md', 'examples/inspecting');
describeExamples('docs/xstate-inspect.md', 'examples/bridging');
