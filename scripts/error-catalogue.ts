import { errorMapping } from '../src/error-mapping.ts';

const introduction = `# Every error entry

Printed from \`src/error-mapping.ts\` by \`npm run generate\`: do not edit.

Whatever can go wrong at a provider, or on the way to it, has one row here. The entry is the
\`__typename\` of the object that the client gets in place of the result; \`code\`, \`remedy\` and
\`retryable\` are its fields. Rows are matched from the most to the least specific: a provider's own
HTTP status before its class (4xx, 5xx), and whatever no row names has one of the last rows.

| what happens | entry | code | remedy | retryable | message |
|---|---|---|---|---|---|
`;

const afterword = `
\`GatewayDrainingError\` (code \`DRAINING\`) is not about a provider: it ends a subscription when this
instance of the gateway shuts down.
`;

/** The rows of the mapping as a page for the people who use the graph. */
export function printErrorCatalogue(): string {
  const rows = errorMapping.map(([cause, entry, code, remedy, retryable, message]) => {
    const cells = [
      cause,
      `\`${entry}\``,
      `\`${code}\``,
      `\`${remedy}\``,
      retryable ? 'yes' : 'no',
      message
        .replace(/^\$provider/, 'The provider')
        .replaceAll('$header', '`x-…-authorization`')
        .replaceAll('$provider', 'the provider'),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `${introduction}${rows.join('\n')}\n${afterword}`;
}
