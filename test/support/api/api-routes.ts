import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { RouteContract } from '../../../functions/contracts/api/route.ts';
import { references } from '../infra/references.ts';
import type { SynthesizedApp } from '../infra/synthesized.ts';
import { resourcesOf } from '../infra/synthesized.ts';

/** A method of the REST API: where it stands, who may call, and which handler answers. */
export interface Door {
  /** As API Gateway has it: `/api/v1/tasks/{proxy+}`. */
  path: string;
  method: string;
  authorization: 'CUSTOM' | 'NONE';
  authorizer: string | undefined;
  handler: string | undefined;
}

/** Every door of the app's API. */
export function doorsOf(app: SynthesizedApp): Door[] {
  const read = references(app);
  const pathOf = paths(app);
  return resourcesOf(app, 'AWS::ApiGateway::Method').map(([, { Properties }]) => ({
    path: pathOf(read(Properties.ResourceId)),
    method: Properties.HttpMethod,
    authorization: Properties.AuthorizationType,
    authorizer: Properties.AuthorizerId && read(Properties.AuthorizerId),
    handler: app.handlers[/functions\/(\w+)\/invocations$/.exec(read(Properties.Integration.Uri))?.[1] ?? ''],
  }));
}

/** The door that API Gateway would choose for a path: what is spelled out goes before what is open. */
export function doorFor(doors: readonly Door[], path: string): Door | undefined {
  const fitting = doors.filter((door) => pattern(door.path).test(path));
  return fitting.sort((one, other) => other.path.length - one.path.length)[0];
}

/** All contracts of `functions/contracts/api/`, whichever file and export they stand in. */
export async function contracts(): Promise<RouteContract[]> {
  const folder = join(import.meta.dirname, '..', '..', '..', 'functions', 'contracts', 'api');
  const files = globSync('**/*.ts', { cwd: folder });
  const modules: object[] = await Promise.all(files.map((file) => import(join(folder, file))));
  const exported = modules.flatMap((one) => Object.values(one));
  return exported.flatMap((one) => Object.values(one ?? {})).filter(isContract);
}

function isContract(value: unknown): value is RouteContract {
  return typeof value === 'object' && value !== null && 'path' in value && 'scope' in value && 'answer' in value;
}

function pattern(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    if (part.endsWith('+}')) return '.+';
    return part.startsWith('{') ? '[^/]+' : part.replace(/\W/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}

function paths(app: SynthesizedApp): (resource: string) => string {
  const read = references(app);
  const tree = Object.fromEntries(resourcesOf(app, 'AWS::ApiGateway::Resource'));
  return function pathOf(resource: string): string {
    const found = tree[resource];
    return found === undefined ? '' : `${pathOf(read(found.Properties.ParentId))}/${found.Properties.PathPart}`;
  };
}
