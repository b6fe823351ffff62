// The tutorial's application for serverless-offline: connections in memory, a broadcast to all.
'use strict'

const {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand
} = require('@aws-sdk/client-apigatewaymanagementapi')

const connections = new Set()
const client = new ApiGatewayManagementApiClient({
  endpoint: process.env.CALLBACK_ENDPOINT,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' }
})

exports.connect = async event => {
  connections.add(event.requestContext.connectionId)
  return { statusCode: 200 }
}

exports.disconnect = async event => {
  connections.delete(event.requestContext.connectionId)
  return { statusCode: 200 }
}

exports.broadcast = async event => {
  const { data } = JSON.parse(event.body)
  await Promise.allSettled(Array.from(connections, ConnectionId =>
    client.send(new PostToConnectionCommand({ ConnectionId, Data: data }))))
  return { statusCode: 200 }
}
