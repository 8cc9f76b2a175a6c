export type { ClientConnection } from './client-connection.ts';
export { type Dispatcher, type DispatchHooks, dispatcher } from './dispatcher.ts';
export {
  type Answer,
  type Handler,
  type Handlers,
  NO_ANSWER,
  type Request,
  type Response,
} from './handler.ts';
export type { Outgoing } from './outgoing.ts';
export { RemoteRefusal } from './remote-refusal.ts';
export {
  type CallOptions,
  RemotingClient,
  type RemotingClientOptions,
  type Reply,
  type TypedRequest,
  type TypedRow,
} from './remoting-client.ts';
export { requestMetrics, timeRequests } from './request-times.ts';
export {
  type FastHandler,
  type ListenerOptions,
  RemotingServer,
  type ServerCounts,
  type ServerOptions,
  type ServerParts,
} from './server.ts';
export type { ServerConnection } from './server-connection.ts';
