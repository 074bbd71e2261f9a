/** The one document that every GraphQL server is asked. The REST aggregator is sent it too. */
export const accountPins = `query AccountPins {
  account {
    pins {
      __typename
      ... on Pin {
        provider
        type
        status
        requirement
        actionRequired
        lock { remainingSeconds until }
      }
      ... on ProviderError { provider code message retryable }
    }
  }
}`;

/** What ADM answers: the document's example, with one PIN of each status. */
export const admAnswer = {
  totalRecords: 3,
  resourceSet: [
    { pinType: 'Parental', status: 'UNSET', extendedStatus: 'MANDATORY', lockTimeRemaining: 20 },
    { pinType: 'Purchase', status: 'LOCKED', extendedStatus: 'OPTIONAL', lockTimeRemaining: 240 },
    { pinType: 'Adult', status: 'SET', extendedStatus: 'OPTIONAL', lockTimeRemaining: 20 },
  ],
};

/** The PINs that a whole answer to {@link accountPins} has, as `provider type status`. */
export const expectedPins: readonly string[] = [
  'ADM Parental UNSET',
  'ADM Purchase LOCKED',
  'ADM Adult SET',
  'PACE USER SET',
];
