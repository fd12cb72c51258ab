import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { build } from 'esbuild';
import { BUNDLING, keptInputs } from '../../../lib/constructs/bundling.ts';
import type { HandlerBundle } from '../../../lib/constructs/handler-code.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** What is bundled: a file, by its path, or a text. */
type Entry = { code: string } | { file: string };

/** Bundles as the deployment does, to memory. */
export async function bundled(entry: Entry): Promise<HandlerBundle> {
  return (await bundledAll({ one: entry })).one as HandlerBundle;
}

/** Bundles each by itself, and all of them in one go, because what they have in common is parsed once then. */
export async function bundledAll(entries: Record<string, Entry>): Promise<Record<string, HandlerBundle>> {
  const names = Object.keys(entries);
  const { metafile, outputFiles = [] } = await build({
    ...OPTIONS,
    entryPoints: names.map((name, index) => ({ in: `entry:${name}`, out: String(index) })),
    plugins: [entriesOf(entries)],
  });
  const bundleOf = (index: number): HandlerBundle => {
    const output = metafile.outputs[`${OUT}/${index}.js`];
    const file = outputFiles.find(({ path }) => path.endsWith(`/${OUT}/${index}.js`));
    if (output === undefined || file === undefined) throw new Error('esbuild made nothing.');
    return { code: file.contents, inputs: keptInputs(output.inputs) };
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
        return { path: join(ROOT, entry.file) };
      });
      onLoad({ filter: /.*/, namespace: 'code' }, ({ path }) => {
        const { code } = entries[path.slice('entry:'.length)] as { code: string };
        return { contents: code, resolveDir: ROOT };
      });
    },
  };
}
