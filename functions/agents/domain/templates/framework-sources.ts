import type { ResourceName } from '../resource-name.ts';

/** The templates of a framework's own files, in bilingual source. Every framework has all of them, for the others to import. */
export interface FrameworkTemplates {
  app(resource: ResourceName): string;
  errorHandler(): string;
  page(): string;
  serve(resource: ResourceName): string;
  resourceInput(resource: ResourceName): string;
  resourceRoutes(resource: ResourceName): string;
}

/** Those files by path without extension. */
export function frameworkSources(templates: FrameworkTemplates, resource: ResourceName): Record<string, string> {
  const { singular, plural } = resource;
  return {
    'src/app': templates.app(resource),
    'src/error-handler': templates.errorHandler(),
    'src/page': templates.page(),
    'src/serve': templates.serve(resource),
    [`src/${plural}/${singular}-input`]: templates.resourceInput(resource),
    [`src/${plural}/${singular}-routes`]: templates.resourceRoutes(resource),
  };
}
