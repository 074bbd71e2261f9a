import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How much an operation or a fragment asks for, what it spreads included each time that it does. */
export interface Size {
  /** Selections within one another. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** On the outermost level. */
  readonly fields: number;
}

/**
 * Measures every operation and every fragment of a document that may be invalid. A fragment is measured
 * once and added where it is spread, so that ones that double each other cost no time; a spread of one
 * that is still being measured, which is a circle, counts as nothing.
 *
 * @param maxDepth where to stop: what is deeper is only told to be so
 */
export function* measureDefinitions(
  { definitions }: DocumentNode,
  maxDepth: number,
): Generator<Size & { readonly isOperation: boolean }> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition);
  }
  const sizes = new Map<string, Size>();

  function measure({ selections }: SelectionSetNode, level: number): Size {
    let [depth, aliases, directives, fields] = [1, 0, 0, 0];
    for (const node of selections) {
      const isField = node.kind === Kind.FIELD;
      if (isField) fields++;
      if (isField && node.alias) aliases++;
      directives += countOf(node);
      const within =
        node.kind === Kind.FRAGMENT_SPREAD
          ? measureFragment(node.name.value, level + 1)
          : node.selectionSet && measureWithin(node.selectionSet, level + 1);
      if (!within) continue;
      depth = Math.max(depth, within.depth + 1);
      aliases += within.aliases;
      directives += within.directives;
      if (!isField) fields += within.fields;
    }
    return { depth, aliases, directives, fields };
  }

  const measureWithin = (selection: SelectionSetNode, level: number): Size =>
    level > maxDepth ? tooDeep : measure(selection, level);

  function measureFragment(name: string, level: number): Size {
    const known = sizes.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    if (!fragment) return nothing;
    sizes.set(name, nothing);
    const inside = measureWithin(fragment.selectionSet, level);
    const size = { ...inside, directives: inside.directives + countOf(fragment) };
    sizes.set(name, size);
    return size;
  }

  function measureOperation(operation: OperationDefinitionNode): Size {
    const size = measureWithin(operation.selectionSet, 1);
    let directives = size.directives + countOf(operation);
    for (const variable of operation.variableDefinitions ?? []) directives += countOf(variable);
    return { ...size, directives };
  }

  for (const definition of definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      yield { ...measureOperation(definition), isOperation: true };
    } else if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      yield { ...measureFragment(definition.name.value, 1), isOperation: false };
    }
  }
}

const countOf = ({
  directives,
}: {
  readonly directives?: readonly unknown[] | undefined;
}): number => directives?.length ?? 0;

const nothing: Size = { depth: 0, aliases: 0, directives: 0, fields: 0 };
const tooDeep: Size = { ...nothing, depth: Infinity };
