#ifndef ONEVISIT_TESTS_BRANCH_EXAMPLE_H
#define ONEVISIT_TESTS_BRANCH_EXAMPLE_H

/* The example of the field's reference: passes every counter check on 2026-10-01. */
static const char good[] =
    "{\"kind\":\"M01\",\"district\":\"370102\",\"units\":[{\"bdcdyh\":\"370102999001GB00001F00010203\","
    "\"bdcqzh\":\"鲁（2026）济南市不动产权第0012345号\",\"zl\":\"济南市历下区示例路1号1幢203室\",\"mj\":\"118.42\","
    "\"use\":\"住宅\"}],\"dybdclx\":\"2\",\"mortgagors\":[{\"name\":\"张某\",\"idt\":\"1\",\"id\":"
    "\"370116198506150003\",\"tel\":\"13800000000\",\"gyfs\":\"0\"}],\"mortgagee\":{\"name\":"
    "\"示例银行济南历下支行\",\"uscc\":\"91370100MAQQQQ019K\",\"cnaps\":\"105451099995\",\"agent\":{\"name\":\"王某\","
    "\"idt\":\"1\",\"id\":\"371681197811030009\"}},\"debtors\":[{\"ref\":\"mortgagors/0\"}],\"dyfs\":\"1\","
    "\"bdbzzqse\":80210700,\"zwlxqssj\":\"2026-09-30\",\"zwlxjssj\":\"2056-09-30\",\"dbfw\":\"主债权及利息\","
    "\"sfczjzhxz\":0,\"dyhth\":\"DY-2026-000001\",\"materials\":["
    "{\"code\":\"SQS\",\"pages\":2,\"size\":360000,\"mime\":\"application/pdf\",\"sm3\":"
    "\"aed7b506e34ef74e5c9cf470dea70a93500b472a0e94bc0af0495f5d06ffdfb1\",\"signed_by\":[\"mortgagors/0\","
    "\"mortgagee/agent\"]},{\"code\":\"ID\",\"pages\":4,\"size\":720000,\"mime\":\"application/pdf\",\"sm3\":"
    "\"832603cf7e7de29985d43bf2115c62d2c4bea53fb97adda928e6d437be0f09cc\"},{\"code\":\"QSZ\",\"pages\":2,\"size\":"
    "360000,\"mime\":\"application/pdf\",\"sm3\":\"5591a1d9bca9de4b3e712423dbeb64422c682d0e8da941f18607fd2cbf76b0d0\"},"
    "{\"code\":\"HTB\",\"pages\":1,\"size\":180000,\"mime\":\"application/pdf\",\"sm3\":"
    "\"8dd89754b23cb83d6aa00174bd801c1783e2a3d5b37377ff910b9cd162811476\",\"signed_by\":[\"mortgagors/0\","
    "\"mortgagee/agent\"]},{\"code\":\"SQWT\",\"pages\":1,\"size\":180000,\"mime\":\"application/pdf\",\"sm3\":"
    "\"34538bd2f2ae9d23be938d1a7c1493b7d4a8a0ca438c97ca4a82a127773d7ad1\",\"signed_by\":[\"mortgagee\"]},"
    "{\"code\":\"XWBL\",\"pages\":2,\"size\":360000,\"mime\":\"application/pdf\",\"sm3\":"
    "\"58cb6cee484d9995c2cd2b579542f60f5c4e2fab568c1f301bb48b463db84456\",\"signed_by\":[\"mortgagors/0\"]}],"
    "\"consent\":{\"pipl\":\"C-0001\",\"face\":[\"F-01\"]},\"fee_payer\":\"mortgagee\",\"cert\":\"electronic\"}";

#endif
