import { join } from 'node:path';
import type { BuildOptions, Metafile } from 'esbuild';

/** How esbuild bundles what runs in Lambda. Why each setting is there: docs/decisions/0006-function-bundles.md. */
export const BUNDLING: BuildOptions = {
  absWorkingDir: join(import.meta.dirname, '..', '..'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
};

/** The files that left something in a bundle, from this project's root. */
export function keptInputs(inputs: Metafile['outputs'][string]['inputs']): string[] {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
}
