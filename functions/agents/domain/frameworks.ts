import { expressTemplates } from './templates/express/templates.ts';
import { fastifyTemplates } from './templates/fastify/templates.ts';
import type { FrameworkTemplates } from './templates/framework-sources.ts';

export interface Framework {
  title: string;
  /** Exact versions. */
  dependencies: Readonly<Record<string, string>>;
  /** Exact versions of the types that the packages above come without. */
  types: Readonly<Record<string, string>>;
  templates: FrameworkTemplates;
}

/** Each value that the requirement `framework` can have. The versions are those that this repository is tested with. */
export const FRAMEWORKS = {
  express: {
    title: 'Express 5',
    dependencies: { express: '5.3.0' },
    types: { '@types/express': '5.0.6' },
    templates: expressTemplates,
  },
  fastify: {
    title: 'Fastify 5',
    dependencies: { fastify: '5.12.8' },
    types: {},
    templates: fastifyTemplates,
  },
} as const satisfies Record<string, Framework>;
