namespace LogPipeline.Local.Demo;

/// <summary>Stack traces as their runtimes print them.</summary>
internal static class Traces
{
    public static string OrdersRefused(string firstLine, string ordersIp) => $"""
        {firstLine}

        org.springframework.web.client.ResourceAccessException: I/O error on POST request for "http://orders.shop:8080/v1/orders": Connection refused
        	at org.springframework.web.client.DefaultRestClient$DefaultRequestBodyUriSpec.createResourceAccessException(DefaultRestClient.java:697)
        	at org.springframework.web.client.DefaultRestClient$DefaultRequestBodyUriSpec.exchangeInternal(DefaultRestClient.java:582)
        	at com.example.shop.cart.OrdersClient.place(OrdersClient.java:57)
        	at com.example.shop.cart.CheckoutService.checkout(CheckoutService.java:112)
        	at com.example.shop.cart.CartController.checkout(CartController.java:83)
        	at java.base/java.lang.reflect.Method.invoke(Method.java:580)
        	at org.apache.tomcat.util.threads.TaskThread$WrappingRunnable.run(TaskThread.java:63)
        	at java.base/java.lang.Thread.run(Thread.java:1583)
        Caused by: java.net.ConnectException: Connection refused (orders.shop/{ordersIp}:8080)
        	at java.base/sun.nio.ch.Net.pollConnect(Native Method)
        	at java.base/sun.nio.ch.Net.pollConnectNow(Net.java:682)
        	at java.net.http/jdk.internal.net.http.PlainHttpConnection$ConnectEvent.handle(PlainHttpConnection.java:128)
        	... 41 more
        """;

    public static string DeadlockFound(string firstLine, int user) => $"""
        {firstLine}

        org.springframework.dao.CannotAcquireLockException: could not execute statement [ERROR: deadlock detected
          Detail: Process 214 waits for ShareLock on transaction 91342; blocked by process 209.
        Process 209 waits for ShareLock on transaction 91340; blocked by process 214.] [update cart set version=? where user_id={user}]
        	at org.springframework.orm.jpa.vendor.HibernateJpaDialect.convertHibernateAccessException(HibernateJpaDialect.java:287)
        	at org.springframework.transaction.interceptor.TransactionAspectSupport.invokeWithinTransaction(TransactionAspectSupport.java:385)
        	at com.example.shop.cart.CartRepository$$SpringProxy.save(Unknown Source)
        	at com.example.shop.cart.CartController.addItem(CartController.java:61)
        	at java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)
        	at java.base/java.lang.Thread.run(Thread.java:1583)
        	Suppressed: java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms
        		at com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:686)
        		... 12 common frames omitted
        Caused by: org.postgresql.util.PSQLException: ERROR: deadlock detected
        	at org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2734)
        	at org.postgresql.jdbc.PgStatement.executeInternal(PgStatement.java:502)
        	... 28 more
        """;

    public static string NilVoucher(string address) => $$"""
        panic: runtime error: invalid memory address or nil pointer dereference
        [signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x6f2c41]

        goroutine 1841 [running]:
        example.com/shop/orders/internal/pricing.(*Voucher).Apply(0x0, 0xc000{{address}})
        	/src/internal/pricing/voucher.go:58 +0x21
        example.com/shop/orders/internal/api.(*Server).price(0xc0001d2000, {0xa3f5c0, 0xc000296100}, 0xc000{{address}})
        	/src/internal/api/orders.go:142 +0x3f4
        created by example.com/shop/orders/internal/api.(*Server).PlaceOrder in goroutine 1822
        	/src/internal/api/orders.go:97 +0x1c5
        """;

    public static string BadShape(string firstLine) => $"""
        {firstLine}
        Traceback (most recent call last):
          File "/app/recommender/api.py", line 88, in recommend
            scores = self.model.rank(user, candidates)
          File "/app/recommender/model.py", line 41, in rank
            return self.weights @ features
                   ~~~~~~~~~~~~~^~~~~~~~~~
        ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0 (size 128 is different from 96)

        During handling of the above exception, another exception occurred:

        Traceback (most recent call last):
          File "/app/recommender/api.py", line 93, in recommend
            return self.fallback.top(user, limit=12)
          File "/app/recommender/fallback.py", line 27, in top
            raise RankingUnavailable(user)
        recommender.errors.RankingUnavailable: no ranking for user
        """;
}
