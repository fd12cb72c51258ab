import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DeleteCommand, GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { RegisterServiceBody } from '../../contracts/api/service.ts';
import type { ServiceContract } from '../../contracts/service-contract.ts';
import { PARTS, registrationOf } from '../../shared/platform/breaker/dynamo-service-store.ts';
import type { ServiceRegistration } from '../../shared/platform/breaker/service-store.ts';
import { put } from '../../shared/platform/dynamo-transaction.ts';

/** Services that were registered, and what they promise. */
export interface ServiceRegistry {
  /** `undefined` for the registration before: it is new. */
  register(
    name: string,
    service: RegisterServiceBody,
    now: string,
  ): Promise<{ registration: ServiceRegistration; before: ServiceRegistration | undefined }>;
  /** With its contract and its counts. Its breaker's history stays, so that a service of that name goes on behind it. */
  remove(name: string): Promise<void>;
  /** Newest first. */
  list(): Promise<ServiceRegistration[]>;
  count(): Promise<number>;
  contract(name: string): Promise<ServiceContract | undefined>;
  /** `false`: the contract before is not (any more) what this one was held against. */
  putContract(name: string, contract: ServiceContract, before: ServiceContract | undefined): Promise<boolean>;
}

const LIST = 'services';
const CONTRACT = 'contract';

interface RegistryTable {
  client: DynamoDBDocumentClient;
  table: string;
}

export function dynamoServiceRegistry(at: RegistryTable): ServiceRegistry {
  return {
    register: (name, service, now) => register(at, name, service, now),
    remove: (name) => remove(at, name),
    list: () => list(at),
    count: () => count(at),
    contract: (name) => contract(at, name),
    putContract: (name, next, before) => putContract(at, name, next, before),
  };
}

async function register({ client, table }: RegistryTable, name: string, service: RegisterServiceBody, now: string) {
  const { endpoint, healthPath, breaker = {} } = service;
  const { Attributes: old } = await client.send(
    new UpdateCommand({
      TableName: table,
      Key: { name, part: PARTS.registration },
      UpdateExpression:
        'SET endpoint = :endpoint, healthPath = :healthPath, breaker = :breaker, updatedAt = :now, #list = :list, createdAt = if_not_exists(createdAt, :now), sort = if_not_exists(sort, :sort)',
      ExpressionAttributeNames: { '#list': 'list' },
      ExpressionAttributeValues: {
        ':endpoint': endpoint,
        ':healthPath': healthPath,
        ':breaker': breaker,
        ':now': now,
        ':list': LIST,
        ':sort': `${now}#${name}`,
      },
      ReturnValues: 'ALL_OLD',
    }),
  );
  const before = old && registrationOf(old);
  const registration = { name, endpoint, healthPath, breaker, createdAt: before?.createdAt ?? now, updatedAt: now };
  return { registration, before };
}

/** The registration last: a removal that broke off before it can be made again, and leaves nothing to a service of that name. */
async function remove({ client, table }: RegistryTable, name: string): Promise<void> {
  for (const part of [CONTRACT, PARTS.counts, PARTS.registration]) {
    await client.send(new DeleteCommand({ TableName: table, Key: { name, part } }));
  }
}

const ALL = {
  IndexName: 'list',
  KeyConditionExpression: '#list = :list',
  ExpressionAttributeNames: { '#list': 'list' },
  ExpressionAttributeValues: { ':list': LIST },
};

async function list({ client, table }: RegistryTable): Promise<ServiceRegistration[]> {
  const services: ServiceRegistration[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, { TableName: table, ...ALL, ScanIndexForward: false })) {
    services.push(...Items.map(registrationOf));
  }
  return services;
}

/** Page by page, as a page of DynamoDB ends at 1 MB of what is counted. */
async function count({ client, table }: RegistryTable): Promise<number> {
  let services = 0;
  for await (const { Count = 0 } of paginateQuery({ client }, { TableName: table, ...ALL, Select: 'COUNT' })) {
    services += Count;
  }
  return services;
}

async function contract({ client, table }: RegistryTable, name: string): Promise<ServiceContract | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: { name, part: CONTRACT }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : (JSON.parse(Item.contract as string) as ServiceContract);
}

/** As text: DynamoDB's own types refuse nesting over 32 levels, and know empty names otherwise than JSON does. */
function putContract(
  { client, table }: RegistryTable,
  name: string,
  next: ServiceContract,
  before: ServiceContract | undefined,
): Promise<boolean> {
  return put(client, {
    TableName: table,
    Item: { name, part: CONTRACT, contract: JSON.stringify(next) },
    ConditionExpression: before === undefined ? 'attribute_not_exists(part)' : 'contract = :before',
    ...(before && { ExpressionAttributeValues: { ':before': JSON.stringify(before) } }),
  });
}
