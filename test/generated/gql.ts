/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query AccountPins($providers: [PinProvider!]) {\n  account {\n    pins(providers: $providers) {\n      __typename\n      ... on Pin {\n        provider\n        type\n        status\n        requirement\n        actionRequired\n        lock {\n          remainingSeconds\n          until\n        }\n      }\n      ...ProviderErrorFields\n    }\n  }\n}": typeof types.AccountPinsDocument,
    "mutation GenerateOtp($input: GenerateOtpInput!) {\n  generateOtp(input: $input) {\n    __typename\n    ... on Otp {\n      provider\n      value\n      transactionId\n    }\n    ...ProviderErrorFields\n  }\n}": typeof types.GenerateOtpDocument,
    "subscription PinSet($timeoutSeconds: Int) {\n  pinSet(timeoutSeconds: $timeoutSeconds) {\n    __typename\n    ... on PinSetEvent {\n      provider\n      type\n      observedAt\n    }\n    ... on PinStillUnset {\n      provider\n      waitedSeconds\n    }\n    ... on GatewayDrainingError {\n      message\n      code\n      retryAfterSeconds\n    }\n    ...ProviderErrorFields\n  }\n}": typeof types.PinSetDocument,
    "fragment ProviderErrorFields on ProviderError {\n  message\n  code\n  provider\n  remedy\n  retryable\n  retryAfterSeconds\n  upstream {\n    httpStatus\n    code\n    title\n    detail\n    id\n  }\n  ... on InputError {\n    parameter\n  }\n}": typeof types.ProviderErrorFieldsFragmentDoc,
    "query Providers {\n  providers {\n    name\n    configured\n    capabilities\n    availability\n  }\n}": typeof types.ProvidersDocument,
};
const documents: Documents = {
    "query AccountPins($providers: [PinProvider!]) {\n  account {\n    pins(providers: $providers) {\n      __typename\n      ... on Pin {\n        provider\n        type\n        status\n        requirement\n        actionRequired\n        lock {\n          remainingSeconds\n          until\n        }\n      }\n      ...ProviderErrorFields\n    }\n  }\n}": types.AccountPinsDocument,
    "mutation GenerateOtp($input: GenerateOtpInput!) {\n  generateOtp(input: $input) {\n    __typename\n    ... on Otp {\n      provider\n      value\n      transactionId\n    }\n    ...ProviderErrorFields\n  }\n}": types.GenerateOtpDocument,
    "subscription PinSet($timeoutSeconds: Int) {\n  pinSet(timeoutSeconds: $timeoutSeconds) {\n    __typename\n    ... on PinSetEvent {\n      provider\n      type\n      observedAt\n    }\n    ... on PinStillUnset {\n      provider\n      waitedSeconds\n    }\n    ... on GatewayDrainingError {\n      message\n      code\n      retryAfterSeconds\n    }\n    ...ProviderErrorFields\n  }\n}": types.PinSetDocument,
    "fragment ProviderErrorFields on ProviderError {\n  message\n  code\n  provider\n  remedy\n  retryable\n  retryAfterSeconds\n  upstream {\n    httpStatus\n    code\n    title\n    detail\n    id\n  }\n  ... on InputError {\n    parameter\n  }\n}": types.ProviderErrorFieldsFragmentDoc,
    "query Providers {\n  providers {\n    name\n    configured\n    capabilities\n    availability\n  }\n}": types.ProvidersDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query AccountPins($providers: [PinProvider!]) {\n  account {\n    pins(providers: $providers) {\n      __typename\n      ... on Pin {\n        provider\n        type\n        status\n        requirement\n        actionRequired\n        lock {\n          remainingSeconds\n          until\n        }\n      }\n      ...ProviderErrorFields\n    }\n  }\n}"): typeof import('./graphql.js').AccountPinsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation GenerateOtp($input: GenerateOtpInput!) {\n  generateOtp(input: $input) {\n    __typename\n    ... on Otp {\n      provider\n      value\n      transactionId\n    }\n    ...ProviderErrorFields\n  }\n}"): typeof import('./graphql.js').GenerateOtpDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription PinSet($timeoutSeconds: Int) {\n  pinSet(timeoutSeconds: $timeoutSeconds) {\n    __typename\n    ... on PinSetEvent {\n      provider\n      type\n      observedAt\n    }\n    ... on PinStillUnset {\n      provider\n      waitedSeconds\n    }\n    ... on GatewayDrainingError {\n      message\n      code\n      retryAfterSeconds\n    }\n    ...ProviderErrorFields\n  }\n}"): typeof import('./graphql.js').PinSetDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment ProviderErrorFields on ProviderError {\n  message\n  code\n  provider\n  remedy\n  retryable\n  retryAfterSeconds\n  upstream {\n    httpStatus\n    code\n    title\n    detail\n    id\n  }\n  ... on InputError {\n    parameter\n  }\n}"): typeof import('./graphql.js').ProviderErrorFieldsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Providers {\n  providers {\n    name\n    configured\n    capabilities\n    availability\n  }\n}"): typeof import('./graphql.js').ProvidersDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
