package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var table *dynamodb.Client

func handler(
	ctx context.Context, event events.APIGatewayWebsocketProxyRequest,
) (events.APIGatewayProxyResponse, error) {
	_, err := table.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(os.Getenv("TABLE_NAME")),
		Item: map[string]types.AttributeValue{
			"connectionId": &types.AttributeValueMemberS{Value: event.RequestContext.ConnectionID},
		},
	})
	return events.APIGatewayProxyResponse{StatusCode: 200, Body: "Connected."}, err
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	table = dynamodb.NewFromConfig(cfg)
	lambda.Start(handler)
}
