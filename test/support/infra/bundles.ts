import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { build } from 'esbuild';
import { BUNDLING } from '../../../lib/constructs/bundling.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

export interface Bundle {
  bytes: number;
  code: Uint8Array;
  /** The files that left something in it, from this project's root. */
  inputs: string[];
}

/** What is bundled: a handler, a file, both by their paths, or a text. */
type Entry = { handler: string } | { code: string } | { file: string };

/** Bundles as the deployment does, to memory. */
export async function bundled(entry: Entry): Promise<Bundle> {
  return (await bundledAll({ one: entry })).one as Bundle;
}

/** Bundles each by itself, and all of them in one go, because what they have in common is parsed once then. */
export async function bundledAll(entries: Record<string, Entry>): Promise<Record<string, Bundle>> {
  const names = Object.keys(entries);
  const { metafile, outputFiles = [] } = await build({
    ...OPTIONS,
    entryPoints: names.map((name, index) => ({ in: `entry:${name}`, out: String(index) })),
    plugins: [entriesOf(entries)],
  });
  const bundleOf = (index: number): Bundle => {
    const output = metafile.outputs[`${OUT}/${index}.js`];
    const file = outputFiles.find(({ path }) => path.endsWith(`/${OUT}/${index}.js`));
    if (output === undefined || file === undefined) throw new Error('esbuild made nothing.');
    const inputs = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    return { bytes: output.bytes, code: file.contents, inputs: inputs.map(([path]) => path) };
  };
  return Object.fromEntries(names.map((name, index) => [name, bundleOf(index)]));
}

const OUT = 'bundles';
const OPTIONS = { ...BUNDLING, outdir: OUT, write: false, metafile: true } as const satisfies BuildOptions;

function entriesOf(entries: Record<string, Entry>): Plugin {
  return {
    name: 'entries',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^entry:/ }, ({ path }) => {
        const entry = entries[path.slice('entry:'.length)] as Entry;
        if ('code' in entry) return { path, namespace: 'code' };
        return { path: join(ROOT, 'file' in entry ? entry.file : `functions/${entry.handler}`) };
      });
      onLoad({ filter: /.*/, namespace: 'code' }, ({ path }) => {
        const { code } = entries[path.slice('entry:'.length)] as { code: string };
        return { contents: code, resolveDir: ROOT };
      });
    },
  };
}
