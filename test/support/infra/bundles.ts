import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../../../lib/constructs/bundling.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

export interface Bundle {
  bytes: number;
  code: Uint8Array;
  /** The files that left something in it, from this project's root. */
  inputs: string[];
}

/** Bundles as the deployment does, to memory. */
export async function bundled(entry: { handler: string } | { code: string } | { file: string }): Promise<Bundle> {
  const { banner, bundleAwsSDK, ...options } = BUNDLING;
  const { metafile, outputFiles } = await build({
    ...options,
    ...entryOf(entry),
    banner: { js: banner },
    external: bundleAwsSDK ? [] : ['@aws-sdk/*'],
    // What aws-lambda-nodejs adds by itself.
    bundle: true,
    platform: 'node',
    outfile: 'index.mjs',
    absWorkingDir: ROOT,
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error('esbuild made nothing.');
  const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { bytes: output.bytes, code, inputs: inputs.map(([path]) => path) };
}

function entryOf(entry: { handler: string } | { code: string } | { file: string }) {
  if ('code' in entry) return { stdin: { contents: entry.code, resolveDir: ROOT } };
  return { entryPoints: [join(ROOT, 'file' in entry ? entry.file : `functions/${entry.handler}`)] };
}
