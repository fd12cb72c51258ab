import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { BUNDLING, keptInputs } from './bundling.ts';

const FUNCTIONS = join(import.meta.dirname, '..', '..', 'functions');

/** A handler's bundle, to be run as `index.handler`. It is made where its stack needs code at all, and deployed where its bytes are new. */
export function handlerCode(handler: string): Code {
  return Code.fromAsset(FUNCTIONS, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // No container is ever run. But CDK takes two assets with the same description for one, so this must name the handler.
      image: DockerImage.fromRegistry('none'),
      command: [handler],
      local: {
        tryBundle: (folder) => {
          writeFileSync(join(folder, 'index.mjs'), bundleOf(handler));
          return true;
        },
      },
    },
  });
}

/** A function's code as it is deployed. */
export interface HandlerBundle {
  code: Uint8Array;
  /** The files that left something in it, from this project's root. */
  inputs: string[];
}

let bundles: ReadonlyMap<string, HandlerBundle> | undefined;

/** The bundle of every handler, by its file. Made once, and only where somebody asks. */
export function handlerBundles(): ReadonlyMap<string, HandlerBundle> {
  bundles ??= bundleAll();
  return bundles;
}

function bundleOf(handler: string): Uint8Array {
  const bundle = handlerBundles().get(handler);
  if (bundle === undefined) throw new Error(`There is no handler ${handler}.`);
  return bundle.code;
}

/** All in one run of esbuild, because what they have in common is parsed once then. Each still stands alone, byte for byte. */
function bundleAll(): ReadonlyMap<string, HandlerBundle> {
  const handlers = globSync('*/handlers/*.handler.ts', { cwd: FUNCTIONS });
  // On disk for a moment: esbuild hands a synchronous caller 16 MB at most.
  const folder = mkdtempSync(join(tmpdir(), 'maos-bundles-'));
  try {
    const entryPoints = handlers.map((handler) => ({ in: join(FUNCTIONS, handler), out: handler }));
    const { metafile } = buildSync({ ...BUNDLING, entryPoints, outdir: folder, metafile: true });
    const outputs = Object.entries(metafile.outputs);
    const inputsOf = (handler: string) => outputs.find(([file]) => file.endsWith(`/${handler}.js`))?.[1].inputs ?? {};
    const bundle = (handler: string): HandlerBundle => ({
      code: readFileSync(join(folder, `${handler}.js`)),
      inputs: keptInputs(inputsOf(handler)),
    });
    return new Map(handlers.map((handler) => [handler, bundle(handler)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
