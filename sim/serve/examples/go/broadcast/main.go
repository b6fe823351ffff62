package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	management "github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi"
	gateway "github.com/aws/aws-sdk-go-v2/service/apigatewaymanagementapi/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var cfg aws.Config
var table *dynamodb.Client

func handler(
	ctx context.Context, event events.APIGatewayWebsocketProxyRequest,
) (events.APIGatewayProxyResponse, error) {
	var failed events.APIGatewayProxyResponse
	var message struct{ Data string }
	if err := json.Unmarshal([]byte(event.Body), &message); err != nil {
		return failed, err
	}
	fmt.Println("a broadcast of", len(message.Data), "characters")
	api := event.RequestContext
	callback := management.NewFromConfig(cfg, func(options *management.Options) {
		options.BaseEndpoint = aws.String(fmt.Sprintf("https://%s/%s", api.DomainName, api.Stage))
	})
	name := aws.String(os.Getenv("TABLE_NAME"))
	rows, err := table.Scan(ctx, &dynamodb.ScanInput{TableName: name})
	if err != nil {
		return failed, err
	}
	for _, row := range rows.Items {
		id := row["connectionId"].(*types.AttributeValueMemberS).Value
		_, err := callback.PostToConnection(ctx, &management.PostToConnectionInput{
			ConnectionId: aws.String(id),
			Data:         []byte(message.Data),
		})
		var gone *gateway.GoneException
		if errors.As(err, &gone) {
			_, err = table.DeleteItem(ctx, &dynamodb.DeleteItemInput{
				TableName: name,
				Key:       map[string]types.AttributeValue{"connectionId": row["connectionId"]},
			})
		}
		if err != nil {
			return failed, err
		}
	}
	return events.APIGatewayProxyResponse{StatusCode: 200, Body: "Sent."}, nil
}

func main() {
	var err error
	if cfg, err = config.LoadDefaultConfig(context.Background()); err != nil {
		log.Fatal(err)
	}
	table = dynamodb.NewFromConfig(cfg)
	lambda.Start(handler)
}
