import { maosApp } from '../lib/maos-app.ts';

try {
  maosApp().synth();
} catch (error) {
  // A wrong context key or a refused construct is said in one sentence; CDK's own errors carry theirs.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
