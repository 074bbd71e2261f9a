import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Counts the fields of a valid selection, those of a fragment wherever it is spread: a short document
 * can stand for millions.
 *
 * @param limit where to stop counting
 */
export function countFields(
  { definitions }: DocumentNode,
  selection: SelectionSetNode,
  limit: number,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition);
  }
  let count = 0;

  function add({ selections }: SelectionSetNode): void {
    for (const node of selections) {
      if (count > limit) return;
      if (node.kind === Kind.FIELD) count++;
      const within = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node;
      if (within?.selectionSet) add(within.selectionSet);
    }
  }

  add(selection);
  return count;
}
