import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.TABLE_NAME;

export const handler = async (event) => {
  const { domainName, stage } = event.requestContext;
  const callback = new ApiGatewayManagementApiClient({ endpoint: `https://${domainName}/${stage}` });
  const { data } = JSON.parse(event.body);
  console.log("a broadcast of", data.length, "characters");
  const { Items } = await table.send(new ScanCommand({ TableName }));
  const posts = Items.map(async ({ connectionId }) => {
    try {
      await callback.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: data }));
    } catch (error) {
      if (error.name !== "GoneException") throw error;
      await table.send(new DeleteCommand({ TableName, Key: { connectionId } }));
    }
  });
  await Promise.all(posts);
  return { statusCode: 200, body: "Sent." };
};
