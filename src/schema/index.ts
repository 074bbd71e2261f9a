import type { GraphQLSchema } from 'graphql';
import './account.ts';
import './otp.ts';
import './pin-set.ts';
import './scalars.ts';
import { builder } from './builder.ts';

builder.queryType({ description: 'What can be read.' });
builder.mutationType({ description: 'What can be done.' });
builder.subscriptionType({ description: 'What can be waited for.' });

/** Builds the whole graph. */
export const createSchema = (): GraphQLSchema => builder.toSchema({ sortSchema: false });
