import { packageNameFrom } from '../package-name.ts';
import { resourceNameFrom } from '../resource-name.ts';
import { oneLine } from '../safe-text.ts';
import { apiTests } from './api-tests.ts';
import { expressApp } from './express-app.ts';
import { expressErrors } from './express-errors.ts';
import { expressRoutes } from './express-routes.ts';
import { expressServer } from './express-server.ts';
import { gitignore } from './gitignore.ts';
import { modelTests } from './model-tests.ts';
import { packageJson } from './package-json.ts';
import { page } from './page.ts';
import { readme } from './readme.ts';
import { resourceModel } from './resource-model.ts';
import { resourceStore } from './resource-store.ts';
import { tsconfig } from './tsconfig.ts';

const MAX_PACKAGE_DESCRIPTION_LENGTH = 200;

export interface GeneratedProject {
  /** What the API serves, in the plural. */
  resource: string;
  /** File content by path. */
  contents: Readonly<Record<string, string>>;
}

/**
 * A REST API in TypeScript on Express 5. The description's own words reach the README and the manifest's description
 * only; every other template sees nothing but the resource's name, which consists of ASCII letters.
 */
export function expressTypescriptProject(description: string): GeneratedProject {
  const resource = resourceNameFrom(description);
  const { singular, plural } = resource;
  const manifest = {
    name: packageNameFrom(description, `${plural}-api`),
    description: oneLine(description, MAX_PACKAGE_DESCRIPTION_LENGTH) || `A REST API for ${plural}`,
  };
  return {
    resource: plural,
    contents: {
      '.gitignore': gitignore(),
      'README.md': readme(resource, description),
      'package.json': packageJson(manifest),
      'src/app.ts': expressApp(resource),
      'src/errors.ts': expressErrors(),
      'src/page.ts': page(),
      'src/server.ts': expressServer(resource),
      [`src/${plural}/${singular}-routes.ts`]: expressRoutes(resource),
      [`src/${plural}/${singular}-store.ts`]: resourceStore(resource),
      [`src/${plural}/${singular}.ts`]: resourceModel(resource),
      [`test/${plural}.test.ts`]: apiTests(resource),
      [`test/${singular}-input.test.ts`]: modelTests(resource),
      'tsconfig.json': tsconfig(),
    },
  };
}
