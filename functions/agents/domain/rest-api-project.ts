import { packageNameFrom } from './package-name.ts';
import type { ResourceName } from './resource-name.ts';
import { resourceNameFrom } from './resource-name.ts';
import { oneLine } from './safe-text.ts';
import type { Stack } from './scaffold-requirements.ts';
import { apiClient } from './templates/api-client.ts';
import { apiTests } from './templates/api-tests.ts';
import { errors } from './templates/errors.ts';
import { frameworkSources } from './templates/framework-sources.ts';
import { gitignore } from './templates/gitignore.ts';
import { inputTests } from './templates/input-tests.ts';
import { packageJson } from './templates/package-json.ts';
import { readme } from './templates/readme.ts';
import { resourceStore } from './templates/resource-store.ts';
import { server } from './templates/server.ts';

const MAX_PACKAGE_DESCRIPTION_LENGTH = 200;

export interface GeneratedProject {
  /** What the API serves, in the plural. */
  resource: string;
  /** File content by path. */
  contents: Readonly<Record<string, string>>;
}

/**
 * A REST API. Its routes, answers and limits are the same in every stack, and so are its tests. The description's own
 * words reach the README and the manifest's description only; every other template sees nothing but the resource's name,
 * which consists of ASCII letters.
 */
export function restApiProject(description: string, stack: Stack): GeneratedProject {
  const resource = resourceNameFrom(description);
  const { plural } = resource;
  const manifest = {
    name: packageNameFrom(description, `${plural}-api`),
    description: oneLine(description, MAX_PACKAGE_DESCRIPTION_LENGTH) || `A REST API for ${plural}`,
  };
  const contents = {
    '.gitignore': gitignore(),
    'README.md': readme(resource, stack, description),
    'package.json': packageJson(manifest, stack),
    ...stack.language.settings,
    ...code(resource, stack),
  };
  return { resource: plural, contents };
}

function code(resource: ResourceName, { language, framework }: Stack): Record<string, string> {
  const { singular, plural } = resource;
  const bilingual = {
    ...frameworkSources(framework.templates, resource),
    'src/errors': errors(),
    'src/server': server(resource),
    [`src/${plural}/${singular}-store`]: resourceStore(resource),
    'test/api-client': apiClient(resource),
    [`test/${plural}.test`]: apiTests(resource),
    [`test/${singular}-input.test`]: inputTests(resource),
  };
  const files = Object.entries(bilingual).map(([path, source]) => [
    `${path}.${language.extension}`,
    language.sideOf(source),
  ]);
  return Object.fromEntries(files);
}
