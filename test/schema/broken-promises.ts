import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLUnionType,
  astFromValue,
  isRequiredArgument,
  isRequiredInputField,
  print,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import * as promise from './promise.ts';

/** A line for everything that the schema promises and does not keep; none when it keeps it all. */
export function brokenPromises(schema: GraphQLSchema): string[] {
  return [...rootProblems(schema), ...typeProblems(schema)];
}

function rootProblems(schema: GraphQLSchema): string[] {
  const found = {
    query: schema.getQueryType()?.name,
    mutation: schema.getMutationType()?.name,
    subscription: schema.getSubscriptionType()?.name,
  };
  return same('schema', JSON.stringify(promise.roots), JSON.stringify(found));
}

type Kind<Type extends GraphQLNamedType> = abstract new (...args: never) => Type;

function typeProblems(schema: GraphQLSchema): string[] {
  /** Checks the type of this name, if it is there and of the promised kind. */
  const check = <Type extends GraphQLNamedType>(
    name: string,
    kind: Kind<Type>,
    problems: (type: Type) => string[],
  ): string[] => {
    const type = schema.getType(name);
    if (type === undefined) return [`${name} is gone`];
    return type instanceof kind ? problems(type) : [`${name} is of another kind`];
  };
  const composite = (
    type: GraphQLObjectType | GraphQLInterfaceType,
    made: promise.PromisedType,
  ) => [
    ...missing(type.name, made.implements ?? [], namesOf(type.getInterfaces())),
    ...fieldProblems(type.name, made.fields, type.getFields()),
  ];
  return [
    ...promise.scalars.flatMap((name) => check(name, GraphQLScalarType, () => [])),
    ...Object.entries(promise.enums).flatMap(([name, values]) =>
      check(name, GraphQLEnumType, (type) => missing(name, values, namesOf(type.getValues()))),
    ),
    ...Object.entries(promise.unions).flatMap(([name, members]) =>
      check(name, GraphQLUnionType, (type) => missing(name, members, namesOf(type.getTypes()))),
    ),
    ...Object.entries(promise.interfaces).flatMap(([name, made]) =>
      check(name, GraphQLInterfaceType, (type) => composite(type, made)),
    ),
    ...Object.entries(promise.objects).flatMap(([name, made]) =>
      check(name, GraphQLObjectType, (type) => composite(type, made)),
    ),
    ...Object.entries(promise.inputs).flatMap(([name, fields]) =>
      check(name, GraphQLInputObjectType, (type) => [
        ...fieldProblems(name, fields, type.getFields()),
        ...newlyRequired(name, fields, Object.values(type.getFields()), isRequiredInputField),
      ]),
    ),
  ];
}

type AnyField = GraphQLField<unknown, unknown> | GraphQLInputField;

function fieldProblems(
  owner: string,
  promised: promise.PromisedFields,
  found: Readonly<Record<string, AnyField>>,
): string[] {
  return Object.entries(promised).flatMap(([name, field]) => {
    const where = `${owner}.${name}`;
    const actual = found[name];
    if (actual === undefined) return [`${where} is gone`];
    if (typeof field === 'string') {
      const args = 'args' in actual ? actual.args : [];
      return [
        ...same(where, field, signature(actual)),
        ...newlyRequired(where, {}, args, isRequiredArgument),
      ];
    }
    const args = 'args' in actual ? actual.args : [];
    return [
      ...same(where, field.type, String(actual.type)),
      ...newlyRequired(where, field.args, args, isRequiredArgument),
      ...Object.entries(field.args).flatMap(([argument, type]) => {
        const actualArgument = args.find((candidate) => candidate.name === argument);
        if (actualArgument === undefined) return [`${where}(${argument}) is gone`];
        return same(`${where}(${argument})`, type, signature(actualArgument));
      }),
    ];
  });
}

/** The type and, for what goes in, the default. */
function signature(field: AnyField | GraphQLArgument): string {
  const value = 'defaultValue' in field ? field.defaultValue : undefined;
  if (value === undefined || !('defaultValue' in field)) return String(field.type);
  const ast = astFromValue(value, field.type);
  return `${String(field.type)} = ${ast ? print(ast) : JSON.stringify(value)}`;
}

/** What clients do not send yet, and would have to. */
const newlyRequired = <Part extends { readonly name: string }>(
  where: string,
  promised: Readonly<Record<string, unknown>>,
  found: readonly Part[],
  isRequired: (part: Part) => boolean,
): string[] =>
  found
    .filter((part) => !Object.hasOwn(promised, part.name) && isRequired(part))
    .map(({ name }) => `${where}: ${name} is new and required`);

const namesOf = (parts: readonly { readonly name: string }[]): string[] =>
  parts.map(({ name }) => name);

const missing = (where: string, promised: readonly string[], found: readonly string[]): string[] =>
  promised.filter((name) => !found.includes(name)).map((name) => `${where}: ${name} is gone`);

const same = (where: string, promised: string, found: string): string[] =>
  promised === found ? [] : [`${where} was ${promised} and is ${found}`];
