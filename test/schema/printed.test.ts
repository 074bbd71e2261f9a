import { readFile } from 'node:fs/promises';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  printSchema,
  type GraphQLNamedType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { printErrorCatalogue } from '../../scripts/error-catalogue.ts';
import { errorMapping } from '../../src/error-mapping.ts';
import { createSchema } from '../../src/schema/index.ts';

const projectFile = (path: string): Promise<string> =>
  readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

const schema = createSchema();

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/** Everything that a person can look up in the graph, with the path to it. */
function describedParts(type: GraphQLNamedType): [path: string, part: Described][] {
  const parts: [string, Described][] = [[type.name, type]];
  if (isEnumType(type)) {
    for (const value of type.getValues()) parts.push([`${type.name}.${value.name}`, value]);
  } else if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push([`${type.name}.${field.name}`, field]);
    }
  } else if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push([`${type.name}.${field.name}`, field]);
      for (const arg of field.args) parts.push([`${type.name}.${field.name}(${arg.name})`, arg]);
    }
  }
  return parts;
}

const parts = Object.values(schema.getTypeMap())
  .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
  .flatMap(describedParts);

describe('what is printed from the code', () => {
  it('has the schema in schema.graphql', async () => {
    expect(`${printSchema(schema)}\n`).toBe(await projectFile('schema.graphql'));
  });

  it('is the same schema however often it is built', () => {
    expect(printSchema(createSchema())).toBe(printSchema(schema));
  });

  it('has the error entries in docs/errors.md', async () => {
    expect(printErrorCatalogue()).toBe(await projectFile('docs/errors.md'));
  });

  it('has one row in docs/errors.md for each row of the mapping', () => {
    const rows = printErrorCatalogue()
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split(' | ')[0]?.replace('| ', ''));
    expect(rows).toEqual(['what happens', ...errorMapping.map(([cause]) => cause)]);
  });
});

describe('every part of the graph', () => {
  it('is looked at: types, fields, arguments, enum values and input fields', () => {
    const paths = parts.map(([path]) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'Pin',
        'Pin.status',
        'PinStatus.LOCKED',
        'Account.pins(providers)',
        'GenerateOtpInput.pinCode',
        'Error.message',
        'PinSetResult',
        'PinCode',
      ]),
    );
  });

  it('has a description', () => {
    const lacking = parts.filter(([, { description }]) => !description?.trim());
    expect(lacking.map(([path]) => path)).toEqual([]);
  });
});
