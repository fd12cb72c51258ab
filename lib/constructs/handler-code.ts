import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { BUNDLING } from './bundling.ts';

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

let bundles: ReadonlyMap<string, Uint8Array> | undefined;

function bundleOf(handler: string): Uint8Array {
  bundles ??= bundleAll();
  const bundle = bundles.get(handler);
  if (bundle === undefined) throw new Error(`There is no handler ${handler}.`);
  return bundle;
}

/** All in one run of esbuild, because what they have in common is parsed once then. Each still stands alone, byte for byte. */
function bundleAll(): ReadonlyMap<string, Uint8Array> {
  const handlers = globSync('*/handlers/*.handler.ts', { cwd: FUNCTIONS });
  // On disk for a moment: esbuild hands a synchronous caller 16 MB at most.
  const folder = mkdtempSync(join(tmpdir(), 'maos-bundles-'));
  try {
    const entryPoints = handlers.map((handler) => ({ in: join(FUNCTIONS, handler), out: handler }));
    buildSync({ ...BUNDLING, entryPoints, outdir: folder });
    return new Map(handlers.map((handler) => [handler, readFileSync(join(folder, `${handler}.js`))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
