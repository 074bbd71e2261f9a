import { providerNames } from '../../pins.ts';
import { credentialFields } from '../caller.ts';
import type { GraphiqlTab } from './page.ts';

const pins = `# Every PIN of the account.
# Who fails has an error entry instead.
query Pins {
  account {
    pins {
      __typename
      ... on Pin {
        provider
        type
        status
        requirement
        actionRequired
        lock {
          remainingSeconds
          until
        }
      }
      ... on ProviderError {
        provider
        code
        message
        remedy
        retryable
      }
    }
  }
}
`;

const pinSet = `# Run it, then set the PIN at PACE.
subscription PinSet {
  pinSet(timeoutSeconds: 600) {
    __typename
    ... on PinSetEvent {
      provider
      type
      observedAt
    }
    ... on PinStillUnset {
      waitedSeconds
    }
    ... on Error {
      code
      message
    }
  }
}
`;

const generateOtp = `# The PIN is below, under Variables.
mutation GenerateOtp($pin: PinCode!) {
  generateOtp(input: { pinCode: $pin }) {
    __typename
    ... on Otp {
      value
      transactionId
    }
    ... on ProviderError {
      code
      message
      remedy
    }
  }
}
`;

/**
 * The tabs that GraphiQL opens with.
 *
 * @param demo the credential and the PIN of a simulated user, where there is one to fill in
 */
export function graphiqlTabs(demo?: { authorization: string; pin: string }): GraphiqlTab[] {
  const headers = JSON.stringify(
    demo
      ? { authorization: demo.authorization }
      : Object.fromEntries(providerNames.map((name) => [credentialFields[name], ''])),
    null,
    2,
  );
  const variables = JSON.stringify({ pin: demo?.pin ?? '' }, null, 2);
  return [
    { query: pins, headers },
    { query: pinSet, headers },
    { query: generateOtp, headers, variables },
  ];
}
