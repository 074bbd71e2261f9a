/** The path of the graph, over every transport, and of GraphiQL. */
export const graphqlPath = '/graphql';
