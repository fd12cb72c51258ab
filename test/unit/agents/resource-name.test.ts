import { describe, expect, it } from 'vitest';
import { resourceNameFrom } from '../../../functions/agents/domain/resource-name.ts';

describe('resourceNameFrom', () => {
  it.each([
    ['Generate a REST API for books', 'books'],
    ['generate a rest api with a list of cities', 'cities'],
    ['REST API for managing blog posts and comments', 'posts'],
    ['An API to manage products with authentication', 'products'],
    ['Create an Express server that handles orders', 'orders'],
    ['Generate a TypeScript REST API for invoices, with pagination', 'invoices'],
    ['Generate a REST API to create, read, update and delete notes', 'notes'],
    ['An in-memory API for addresses; fast!', 'addresses'],
    ['Build a CRUD service for movies', 'movies'],
    ['Write an API for job applications', 'applications'],
    ['An app for tracking habits', 'habits'],
  ])('finds the noun after what is asked for: %s', (description, plural) => {
    expect(resourceNameFrom(description).plural).toBe(plural);
  });

  it.each([
    ['a todo list API', 'todos'],
    ['A to-do list API', 'todos'],
    ['Generate a Todo List REST API for my team', 'todos'],
    ['user management API', 'users'],
    ['booking API', 'bookings'],
    ['a small recipe service', 'recipes'],
    ['a recipe Fastify API in JavaScript', 'recipes'],
  ])('finds the noun before what is asked for: %s', (description, plural) => {
    expect(resourceNameFrom(description).plural).toBe(plural);
  });

  it.each([
    ['Generate a simple REST API'],
    ['Create a simple REST API in TypeScript using Express'],
    ['Generate a simple REST API for testing purposes'],
    ['Generate code for an API'],
    ['Hello world API'],
    ['Erzeuge eine API für Bücher'],
    ['お願いします'],
    ['API for 🦊 \u0000 {'],
    [`API for ${'x'.repeat(31)}`],
    ['API for aux'],
    [' \n '],
    [''],
  ])('says items where no noun is named: %j', (description) => {
    expect(resourceNameFrom(description)).toEqual({ singular: 'item', plural: 'items', typeName: 'Item' });
  });

  it.each([
    ['book', 'book', 'books'],
    ['city', 'city', 'cities'],
    ['keys', 'key', 'keys'],
    ['classes', 'class', 'classes'],
    ['boxes', 'box', 'boxes'],
    ['courses', 'course', 'courses'],
    ['status', 'status', 'statuses'],
    ['movies', 'movie', 'movies'],
    ['people', 'person', 'people'],
    ['child', 'child', 'children'],
    ['news', 'news', 'news'],
    ['Cafés', 'cafe', 'cafes'],
    ['constructors', 'constructor', 'constructors'],
  ])('knows both forms of %s', (noun, singular, plural) => {
    expect(resourceNameFrom(`An API for ${noun}`)).toMatchObject({ singular, plural });
  });

  it('keeps away from the type names that the generated code needs', () => {
    expect(resourceNameFrom('An API for maps')).toEqual({ singular: 'map', plural: 'maps', typeName: 'MapEntry' });
    expect(resourceNameFrom('An API for pages')).toEqual({ singular: 'page', plural: 'pages', typeName: 'PageEntry' });
  });
});
